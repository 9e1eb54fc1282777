import Together from 'together-ai';

export const create = ({ url, key, headers }) => async ({ query, documents, topN, returnDocuments }) => {
  const client = new Together({ apiKey: key, baseURL: `${url}/v1` });
  const { results } = await client.rerank.create({ model: 'reranker-mini', query, documents, top_n: topN, return_documents: returnDocuments }, { headers });
  return results.map(r => ({ index: r.index, score: r.relevance_score, document: r.document?.text ?? null }));
};
