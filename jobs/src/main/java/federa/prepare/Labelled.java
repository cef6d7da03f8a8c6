package federa.prepare;

/**
 * One record as its format gives it.
 *
 * @param split null where the file says it for all its records
 * @param id null where the format has none
 */
record Labelled(String split, String id, String text, String label) {

    Labelled(String id, String text, String label) {
        this(null, id, text, label);
    }
}
