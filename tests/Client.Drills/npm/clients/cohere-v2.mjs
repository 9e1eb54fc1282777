import { CohereClientV2 } from 'cohere-ai';

export const create = ({ url, key, headers }) => async ({ query, documents, topN }) => {
  const client = new CohereClientV2({ token: key, environment: url });
  const { results } = await client.rerank({ model: 'reranker-mini', query, documents, topN }, { headers });
  return results.map(r => ({ index: r.index, score: r.relevanceScore }));
};
