import { CohereClient } from 'cohere-ai';

export const create = ({ url, key, headers }) => async ({ query, documents, topN, returnDocuments }) => {
  const client = new CohereClient({ token: key, environment: url });
  const { results } = await client.rerank({ query, documents, topN, returnDocuments }, { headers });
  return results.map(r => ({ index: r.index, score: r.relevanceScore, document: r.document?.text ?? null }));
};
