/**
 * Which client owns which example.
 *
 * <p>A {@link federa.partition.Partitioner} turns counts into a {@link federa.partition.Plan} without seeing a row;
 * {@link federa.partition.AssignClients} applies the plan to a table of any size. Only the classes that say Dataset in
 * their signatures need Spark.
 */
package federa.partition;
