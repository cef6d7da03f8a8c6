package federa.prepare;

import com.fasterxml.jackson.databind.JsonNode;
import federa.spi.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The columns of a table and its first records, read as {@link Columns} reads them.
 *
 * @param columns names in the order of the table
 * @param records by column; malformed ones are left out, and a value that is null or absent is not there
 */
record FirstRecords(List<String> columns, List<Map<String, String>> records) {

    private static final Logger LOG = LoggerFactory.getLogger(FirstRecords.class);
    private static final int AT_MOST = 2_000;

    /**
     * The first records of the first file.
     *
     * @throws InvalidInputException if there is no such file, or it is no table
     */
    static FirstRecords read(SparkSession spark, String path) {
        List<SplitFile> files = InputFiles.find(spark, "train", path, Columns.TYPES);
        SplitFile file = files.get(0);
        if (file.type().equals("parquet")) {
            return parquet(ParquetFiles.open(spark, files, path, "fetch or write it again")
                    .table(Set.of()));
        }
        try (InputStream text = file.open(spark.sparkContext().hadoopConfiguration())) {
            return switch (file.type()) {
                case "csv" -> withHeader(new Csv(text));
                case "tsv" -> withHeader(new Tsv(text));
                default -> objects(new JsonObjects(text));
            };
        } catch (Unusable e) {
            throw new InvalidInputException("%s:%d: %s".formatted(file.shown(), e.line(), e.getMessage()), e);
        } catch (IOException e) {
            throw new InvalidInputException(
                    "%s cannot be read (%s); it may be cut off or damaged: fetch it again"
                            .formatted(file.shown(), OneLine.of(e)),
                    e);
        }
    }

    private static FirstRecords withHeader(Records<List<String>> lines) throws IOException {
        List<String> header;
        try {
            header = lines.next();
        } catch (Malformed e) {
            throw new Unusable(lines.line(), "in the header, " + e.getMessage());
        }
        if (header == null) {
            throw new Unusable(1, "the file is empty; its first line must hold the column names");
        }
        List<Map<String, String>> records = new ArrayList<>();
        for (List<String> fields : sound(lines)) {
            if (fields.size() == header.size()) {
                Map<String, String> record = new LinkedHashMap<>();
                for (int i = 0; i < header.size(); i++) {
                    record.put(header.get(i), fields.get(i));
                }
                records.add(record);
            }
        }
        return new FirstRecords(header, records);
    }

    private static FirstRecords objects(JsonObjects lines) throws IOException {
        Set<String> columns = new LinkedHashSet<>();
        List<Map<String, String>> records = new ArrayList<>();
        for (JsonNode object : sound(lines)) {
            Map<String, String> record = new LinkedHashMap<>();
            object.fields().forEachRemaining(field -> {
                columns.add(field.getKey());
                if (field.getValue().isValueNode() && !field.getValue().isNull()) {
                    record.put(field.getKey(), field.getValue().asText());
                }
            });
            records.add(record);
        }
        return new FirstRecords(List.copyOf(columns), records);
    }

    /** The first records that can be read; the preparation counts and names the others. */
    private static <T> List<T> sound(Records<T> lines) throws IOException {
        List<T> records = new ArrayList<>();
        boolean ended = false;
        while (!ended && records.size() < AT_MOST) {
            Optional<T> record = next(lines);
            record.ifPresent(records::add);
            ended = record.isEmpty();
        }
        return records;
    }

    private static <T> Optional<T> next(Records<T> lines) throws IOException {
        while (true) {
            try {
                return Optional.ofNullable(lines.next());
            } catch (Malformed e) {
                LOG.debug("left out", e);
            }
        }
    }

    private static FirstRecords parquet(Dataset<Row> table) {
        List<Map<String, String>> records = new ArrayList<>();
        for (Row row : table.limit(AT_MOST).collectAsList()) {
            Map<String, String> record = new LinkedHashMap<>();
            for (StructField field : table.schema().fields()) {
                Object value = row.getAs(field.name());
                if (value != null && ParquetFiles.isPlain(field.dataType())) {
                    record.put(field.name(), value.toString());
                }
            }
            records.add(record);
        }
        return new FirstRecords(List.of(table.schema().fieldNames()), records);
    }
}
