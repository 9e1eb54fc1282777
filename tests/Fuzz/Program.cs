using Reranker.Fuzz;

return await FuzzCommand.Create().Parse(args).InvokeAsync();
