/**
 * How good predictions are, as the usual scorers of each task count it.
 *
 * <p>A score holds counts, so scores of parts of the data add up to the score of the whole. Shares are 0 to 1; the
 * official scripts print percent.
 */
package federa.metric;
