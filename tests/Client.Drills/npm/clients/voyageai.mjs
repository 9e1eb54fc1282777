import { VoyageAIClient } from 'voyageai';

export const create = ({ url, key, headers }) => async ({ query, documents, topN, returnDocuments }) => {
  const client = new VoyageAIClient({ apiKey: key, environment: `${url}/voyage/v1` });
  const { data } = await client.rerank({ model: 'reranker-mini', query, documents, topK: topN, returnDocuments }, { headers });
  return data.map(r => ({ index: r.index, score: r.relevanceScore, document: r.document ?? null }));
};
