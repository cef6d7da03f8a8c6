/**
 * From raw data sets, as their authors distribute them, to the schema of their {@link federa.prepare.Kind}: texts,
 * sentences with entities, or questions.
 *
 * <p>{@link federa.prepare.Source} says where the data is and in which format, {@link federa.prepare.Preparation} reads and
 * checks it on Spark, {@link federa.prepare.Prepared} is the result. A raw file is read by one task from its first byte to its
 * last, which is what lets every complaint name its line; Parquet is read by Spark in splits.
 */
package federa.prepare;
