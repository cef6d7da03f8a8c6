/**
 * The algorithm of the server: which clients a round samples, how much each counts, and how their updates are averaged.
 */
package federa.federated;
