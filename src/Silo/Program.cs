using Reranker.ServiceDefaults;
using Reranker.Silo.Hosting;

return await RerankerProgram.RunAsync(
    new ProgramDescription
    {
        Name = "silo",
        Summary = "A node of a reranker cluster: plans requests and runs models on the devices of this machine.",
        Compose = static builder => builder.AddRerankerSilo(),
        IsForThePerson = SiloStart.IsUserError,
    },
    args);
