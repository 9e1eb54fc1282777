using Reranker.Gateway.Hosting;

var builder = WebApplication.CreateBuilder(args);
builder.UseOrleansClient(static client => client.UseLocalhostClustering());
builder.AddRerankerGateway();

var app = builder.Build();
app.MapReranker();
await app.RunAsync();
