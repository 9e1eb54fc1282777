using Reranker.Gateway.Hosting;
using Reranker.ServiceDefaults;
using Reranker.ServiceDefaults.Health;
using Reranker.ServiceDefaults.Telemetry;

var builder = WebApplication.CreateBuilder(args);
builder.AddRerankerServiceDefaults();
builder.UseRerankerClusterClient();
builder.AddRerankerGateway();

var app = builder.Build();
app.MapRerankerHealth();
app.MapRerankerMetrics();
app.MapReranker();
await app.RunToEndAsync();
