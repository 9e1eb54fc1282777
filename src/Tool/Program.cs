Console.WriteLine("reranker");
