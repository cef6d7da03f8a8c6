package federa.prepare;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Columns that the names of folders give, {@code label=01/part-0.parquet}, as Hive and Spark write partitioned tables. The
 * values are kept as they are written: 01 is no number here.
 */
final class FolderColumns {

    private static final String NULL = "__HIVE_DEFAULT_PARTITION__";

    private FolderColumns() {}

    /** Name to value, which is null where Hive says so, in the order of the folders between the path that was named and the file. */
    static Map<String, String> of(SplitFile file) {
        Map<String, String> columns = new LinkedHashMap<>();
        String[] parts = file.name().split("/", -1);
        for (int i = 0; i < parts.length - 1; i++) {
            int equals = parts[i].indexOf('=');
            if (equals > 0) {
                String value = unescaped(parts[i].substring(equals + 1));
                columns.put(unescaped(parts[i].substring(0, equals)), value.equals(NULL) ? null : value);
            }
        }
        return Collections.unmodifiableMap(columns);
    }

    /** Hive writes bytes that a folder's name may not have as % and two hexadecimal digits. */
    private static String unescaped(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream plain = new ByteArrayOutputStream(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            int high = bytes[i] == '%' && i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
            int low = high < 0 ? -1 : Character.digit(bytes[i + 2], 16);
            if (low < 0) {
                plain.write(bytes[i]);
            } else {
                plain.write(high << 4 | low);
                i += 2;
            }
        }
        return plain.toString(StandardCharsets.UTF_8);
    }
}
