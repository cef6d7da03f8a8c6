package federa.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
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

    private List<Path> files() throws IOException {
        try (var files = Files.walk(directory)) {
            return files.sorted().toList();
        }
    }
}
