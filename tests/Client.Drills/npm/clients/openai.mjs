import OpenAI from 'openai';

// It has no method for reranking; its documented way to a path that it does not know is `post`.
export const create = ({ url, key, headers }) => async ({ query, documents, topN, returnDocuments }) => {
  const client = new OpenAI({ apiKey: key, baseURL: `${url}/v1` });
  const [served] = (await client.models.list()).data;
  const body = { model: served.id, query, documents, top_n: topN, return_documents: returnDocuments };
  const { results } = await client.post('/rerank', { body, headers });
  return results.map(r => ({ index: r.index, score: r.relevance_score, document: r.document?.text ?? null }));
};
