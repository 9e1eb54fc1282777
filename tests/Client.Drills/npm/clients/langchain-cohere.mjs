import { CohereRerank } from '@langchain/cohere';
import { Document } from '@langchain/core/documents';
import { CohereClient } from 'cohere-ai';

// Its own client always calls Cohere; another address takes a client of one's own.
export const create = ({ url, key }) => async ({ query, documents, topN }) => {
  const client = new CohereClient({ token: key, environment: url });
  const reranker = new CohereRerank({ client, model: 'reranker-mini', topN: topN ?? documents.length });
  const compressed = await reranker.compressDocuments(documents.map((pageContent, index) => new Document({ pageContent, metadata: { index } })), query);
  return compressed.map(d => ({ index: d.metadata.index, score: d.metadata.relevanceScore, document: d.pageContent }));
};
