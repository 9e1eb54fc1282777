using Reranker.LoadTest.Commands;

return await LoadCommand.Create().Parse(args).InvokeAsync();
