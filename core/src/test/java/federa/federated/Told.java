package federa.federated;

/** What clients tell, where a test is about little of it. */
final class Told {

    private Told() {}

    static ClientUpdate of(int client, long numExamples, int steps) {
        return new ClientUpdate(client, numExamples, steps, 1, 1, 1, 1, 0, "here", "any", "driver", "cpu", 1, null);
    }

    static ClientUpdate failed(int client) {
        return new ClientUpdate(client, 0, 0, 1, 1, 1, 1, 0, "here", "any", "driver", "cpu", 1, "failed");
    }
}
