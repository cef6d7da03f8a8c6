package federa.random;

/**
 * Seeds as pure functions, so that a retried task and a resumed run repeat what was done before, on any cluster.
 *
 * <p>Mixing is the finaliser of SplitMix64 (Steele, Lea and Flood, 2014).
 */
public final class Seeds {

    private Seeds() {}

    /** Seed of one client's work in one round. */
    public static long of(long run, int round, int client) {
        return mix(mix(mix(run) + round) + client);
    }

    /** Seed of what is done once in a round. */
    public static long of(long run, int round) {
        return mix(mix(run) + round);
    }

    /** Seed of what has a name, such as the initial value of a tensor. */
    public static long of(long run, String name) {
        long hash = mix(run);
        for (int i = 0; i < name.length(); i++) {
            hash = mix(hash + name.charAt(i));
        }
        return hash;
    }

    private static long mix(long z) {
        long x = z + 0x9E3779B97F4A7C15L;
        x = (x ^ (x >>> 30)) * 0xBF58476D1CE4E5B9L;
        x = (x ^ (x >>> 27)) * 0x94D049BB133111EBL;
        return x ^ (x >>> 31);
    }
}
