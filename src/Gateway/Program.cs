using Reranker.Gateway.Hosting;
using Reranker.ServiceDefaults;

return await RerankerProgram.RunAsync(
    new ProgramDescription
    {
        Name = "gateway",
        Summary = "The HTTP edge of a reranker cluster: speaks the dialects of TEI, Cohere, Jina, vLLM, Infinity, NIM and Voyage, and sends the work to silos.",
        Compose = static builder =>
        {
            builder.Services.AddGatewaySettings();
            builder.UseRerankerClusterClient();
            builder.AddRerankerGateway();
        },
        Map = static app => app.MapReranker(),
    },
    args);
