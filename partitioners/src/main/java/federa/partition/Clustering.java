package federa.partition;

/**
 * How texts are put into clusters before a rule divides them.
 *
 * @param clusters how many
 * @param representation what of a text decides its cluster
 */
public record Clustering(int clusters, Representation representation) {}
