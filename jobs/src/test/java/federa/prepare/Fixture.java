package federa.prepare;

import federa.fixture.SharedSpark;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.spark.sql.Row;

/** Writes raw files, and reads prepared rows back. */
final class Fixture {

    private Fixture() {}

    static String write(Path file, String text) {
        return write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    static String write(Path file, byte[] bytes) {
        try {
            Files.createDirectories(file.getParent());
            return Files.write(file, bytes).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    static byte[] gzip(String text) {
        return gzip(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A tar of these files; the contents are written as ISO-8859-1. */
    static byte[] tar(Map<String, String> contents) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            for (Map.Entry<String, String> file : contents.entrySet()) {
                byte[] content = file.getValue().getBytes(StandardCharsets.ISO_8859_1);
                TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
                entry.setSize(content.length);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static Prepared prepare(Source source) {
        return prepare(source, 0);
    }

    static Prepared prepare(Source source, double maxBadShare) {
        return new Preparation(SharedSpark.session(), maxBadShare).run(source);
    }

    /** Id to "split|label|text", in the order of the ids. */
    static Map<String, String> rows(Prepared prepared) {
        Map<String, String> rows = new TreeMap<>();
        for (Row row : prepared.rows().collectAsList()) {
            rows.put(row.getString(0), row.getString(1) + "|" + row.getString(3) + "|" + row.getString(2));
        }
        return rows;
    }

    /** "split|label|text", without the ids, in natural order. */
    static List<String> values(Source source) {
        try (Prepared prepared = prepare(source)) {
            return rows(prepared).values().stream().sorted().toList();
        }
    }
}
