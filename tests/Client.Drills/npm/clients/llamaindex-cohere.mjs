import { CohereRerank } from '@llamaindex/cohere';
import { TextNode } from '@llamaindex/core/schema';

export const create = ({ url, key }) => async ({ query, documents, topN }) => {
  const reranker = new CohereRerank({ apiKey: key, baseUrl: url, model: 'reranker-mini', topN: topN ?? documents.length });
  const nodes = documents.map((text, index) => ({ node: new TextNode({ text, id_: String(index) }) }));
  const ranked = await reranker.postprocessNodes(nodes, query);
  return ranked.map(({ node, score }) => ({ index: Number(node.id_), score, document: node.text }));
};
