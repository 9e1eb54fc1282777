using Reranker.ServiceDefaults;
using Reranker.ServiceDefaults.Health;
using Reranker.ServiceDefaults.Telemetry;
using Reranker.Silo.Hosting;

var builder = WebApplication.CreateBuilder(args);
builder.AddRerankerServiceDefaults();
builder.AddRerankerSilo();

var app = builder.Build();
app.MapRerankerHealth();
app.MapRerankerMetrics();
await app.RunToEndAsync();
