package federa.prepare;

/**
 * What a data set makes of one record.
 *
 * @param <T> a record of the format
 * @param <V> what is made of it
 */
@FunctionalInterface
interface Parser<T, V> {

    V parse(T record) throws Malformed, Skipped;
}
