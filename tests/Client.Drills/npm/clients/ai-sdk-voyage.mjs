import { createVoyage } from 'voyage-ai-provider';
import { rerank } from 'ai';

export const create = ({ url, key, headers }) => async ({ query, documents, topN }) => {
  const voyage = createVoyage({ apiKey: key, baseURL: `${url}/voyage/v1` });
  const { ranking } = await rerank({ model: voyage.reranking('reranker-mini'), query, documents, topN, headers });
  return ranking.map(r => ({ index: r.originalIndex, score: r.score, document: r.document }));
};
