/**
 * A head that starts in closed form: its last linear layer is solved from sums over all clients' examples, one pass forward
 * through the frozen model and no gradient. The sums are the same however the examples are divided among clients, so label
 * skew does nothing to them.
 *
 * <p>{@link federa.head.HeadSolver} is the server's side; what clients do are {@link federa.head.CountClasses}, {@link
 * federa.head.SumFeatures} and {@link federa.head.ScoreHeads}.
 */
package federa.head;
