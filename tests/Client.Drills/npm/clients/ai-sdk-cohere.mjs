import { createCohere } from '@ai-sdk/cohere';
import { rerank } from 'ai';

export const create = ({ url, key, headers }) => async ({ query, documents, topN }) => {
  const cohere = createCohere({ apiKey: key, baseURL: `${url}/v2` });
  const { ranking } = await rerank({ model: cohere.reranking('reranker-mini'), query, documents, topN, headers });
  return ranking.map(r => ({ index: r.originalIndex, score: r.score, document: r.document }));
};
