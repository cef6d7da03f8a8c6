package federa.pipeline;

import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * Rows as CSV (RFC 4180) with a header. A map is one field, {@code method=lora; alpha=0.1}; null is empty; numbers are as Java
 * writes them, in no locale, and instants are in UTC (ISO 8601).
 */
final class CsvText {

    private CsvText() {}

    static String of(StructType columns, List<Row> rows) {
        List<String> lines = new ArrayList<>(List.of(String.join(",", columns.fieldNames())));
        rows.forEach(row -> lines.add(IntStream.range(0, row.length())
                .mapToObj(i -> quoted(text(row.get(i))))
                .collect(Collectors.joining(","))));
        return String.join("\r\n", lines) + "\r\n";
    }

    private static String text(Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> entry.getKey() + "=" + entry.getValue())
                    .collect(Collectors.joining("; "));
        }
        if (value instanceof Timestamp instant) {
            return instant.toInstant().toString(); // the text of a timestamp depends on the process's time zone
        }
        return value == null ? "" : value.toString();
    }

    private static String quoted(String text) {
        return text.matches("[^\",\r\n]*") ? text : "\"" + text.replace("\"", "\"\"") + "\"";
    }
}
