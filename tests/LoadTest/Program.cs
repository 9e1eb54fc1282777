using Reranker.LoadTest;

return await LoadCommand.Create().Parse(args).InvokeAsync();
