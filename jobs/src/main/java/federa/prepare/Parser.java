package federa.prepare;

/** What a data set makes of one record. */
@FunctionalInterface
interface Parser<T> {

    Labelled parse(T record) throws Malformed, Skipped;
}
