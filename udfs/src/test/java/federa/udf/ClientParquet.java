package federa.udf;

import java.io.IOException;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.avro.AvroParquetWriter;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.util.HadoopOutputFile;

/** A client's files, as the partition job writes them. */
final class ClientParquet {

    /** Writes no checksum files beside: a file may be damaged without Hadoop's noticing first. */
    static final Configuration HADOOP = new Configuration();

    static {
        HADOOP.set("fs.file.impl", "org.apache.hadoop.fs.RawLocalFileSystem");
    }

    private static final Schema SCHEMA = SchemaBuilder.record("row")
            .fields()
            .optionalString("id")
            .optionalString("text")
            .optionalString("label")
            .endRecord();

    record Example(String id, String text, String label) {}

    private ClientParquet() {}

    /** Writes a file, or writes it anew. */
    static void write(String directory, int client, String file, List<Example> examples) throws IOException {
        Path path = new Path(ClientFiles.directory(directory, client), file);
        try (ParquetWriter<GenericRecord> writer = AvroParquetWriter.<GenericRecord>builder(
                        HadoopOutputFile.fromPath(path, HADOOP))
                .withSchema(SCHEMA)
                .withWriteMode(ParquetFileWriter.Mode.OVERWRITE)
                .build()) {
            for (Example example : examples) {
                GenericRecord row = new GenericData.Record(SCHEMA);
                row.put("id", example.id());
                row.put("text", example.text());
                row.put("label", example.label());
                writer.write(row);
            }
        }
    }
}
