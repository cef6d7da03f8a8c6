package federa.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WarehouseTest {

    private static final Configuration HADOOP = new Configuration();

    @TempDir
    Path directory;

    @Test
    void aNewWarehouseSaysItsFormat() throws IOException {
        Path root = directory.resolve("new/warehouse");

        Warehouse.open("directory", root.toString(), HADOOP);

        assertThat(Files.readString(root.resolve("federa-warehouse.json")).strip())
                .isEqualTo("{\"format\": 1}");
        assertThat(Files.list(root))
                .extracting(file -> file.getFileName().toString())
                .allMatch(name -> name.equals("federa-warehouse.json") || name.endsWith(".crc"));
    }

    @Test
    void openingItAgainChangesNothing() throws IOException {
        Warehouse.open("directory", directory.toString(), HADOOP);
        List<Path> before = files();

        Warehouse again = Warehouse.open("directory", directory.toString(), HADOOP);

        assertThat(files()).isEqualTo(before);
        assertThat(again).hasToString("file:" + directory);
    }

    @Test
    void whatAKilledJobLeftOfTheMarkIsNoObstacle() throws IOException {
        Files.writeString(directory.resolve(".federa-warehouse.json-1"), "");

        Warehouse.open("directory", directory.toString(), HADOOP);

        assertThat(directory.resolve("federa-warehouse.json")).isNotEmptyFile();
    }

    @Test
    void everythingLiesUnderTheRoot() {
        Warehouse warehouse = Warehouse.open("directory", directory.toString(), HADOOP);

        String root = "file:" + directory;
        assertThat(warehouse.table(Table.CLIENT_UPDATES)).isEqualTo(root + "/tables/client_updates");
        assertThat(warehouse.dataset("topics")).isEqualTo(root + "/datasets/topics");
        assertThat(warehouse.clients("p")).isEqualTo(root + "/clients/p");
        assertThat(warehouse.report("r")).hasToString(root + "/reports/r.html");
    }

    @Test
    void aFileThatTwoWriteAtOnceIsAlwaysThereAndWhole() throws Exception {
        FileSystem fs = FileSystem.getLocal(HADOOP);
        org.apache.hadoop.fs.Path file = new org.apache.hadoop.fs.Path("file:" + directory, "reports/r.html");
        fs.mkdirs(file.getParent());
        try (OutputStream out = fs.create(file)) { // as versions before wrote it, with a checksum beside
            out.write(new byte[100_000]);
        }
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<?>> writers = new ArrayList<>();
            for (byte writer = 1; writer <= 2; writer++) {
                byte[] content = new byte[100_000];
                Arrays.fill(content, writer);
                writers.add(threads.submit(() -> {
                    for (int i = 0; i < 50; i++) {
                        Locations.write(fs, file, content);
                    }
                    return null;
                }));
            }
            do {
                byte[] read = Files.readAllBytes(Path.of(file.toUri().getPath()));
                assertThat(read).hasSize(100_000).containsOnly(read[0]);
            } while (!writers.stream().allMatch(Future::isDone));
            for (Future<?> writer : writers) {
                writer.get();
            }
        } finally {
            threads.shutdown();
        }
        try (var in = fs.open(file);
                var left = Files.list(directory.resolve("reports"))) {
            assertThat(in.readAllBytes()).hasSize(100_000);
            assertThat(left).hasSize(1);
        }
    }

    private List<Path> files() throws IOException {
        try (var files = Files.walk(directory)) {
            return files.sorted().toList();
        }
    }
}
