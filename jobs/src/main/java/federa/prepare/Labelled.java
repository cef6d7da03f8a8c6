package federa.prepare;

/**
 * One record as its format gives it.
 *
 * @param split null where the file says it for all its records
 * @param id null where the format has none
 * @param key who or what it comes from, null where the format does not say
 */
record Labelled(String split, String id, String text, String label, String key, Annotation annotation) {

    Labelled(String split, String id, String text, String label, String key) {
        this(split, id, text, label, key, Annotation.NONE);
    }

    Labelled(String id, String text, String label) {
        this(null, id, text, label, null);
    }
}
