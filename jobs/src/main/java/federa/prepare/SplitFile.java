package federa.prepare;

import java.io.Serializable;
import java.util.Locale;

/**
 * One raw file and the split that its records belong to.
 *
 * @param path with its scheme, as Hadoop's FileSystem gives it
 * @param name the path below the folder that the configuration names, or the file's own name
 */
record SplitFile(String split, String path, String name) implements Serializable {

    /** The path as a person would type it. */
    String shown() {
        return path.startsWith("file:") ? path.substring("file:".length()).replaceFirst("^//", "") : path;
    }

    boolean isGzip() {
        return lower().endsWith(".gz") || lower().endsWith(".tgz");
    }

    /** The extension in lower case without {@code .gz}: csv, tsv, jsonl, tar...; empty if there is none. */
    String type() {
        String name = lower().substring(lower().lastIndexOf('/') + 1);
        if (name.endsWith(".tgz")) {
            return "tar";
        }

        String plain = name.endsWith(".gz") ? name.substring(0, name.length() - ".gz".length()) : name;
        return plain.substring(plain.lastIndexOf('.') + 1).equals(plain)
                ? ""
                : plain.substring(plain.lastIndexOf('.') + 1);
    }

    private String lower() {
        return path.toLowerCase(Locale.ROOT);
    }
}
