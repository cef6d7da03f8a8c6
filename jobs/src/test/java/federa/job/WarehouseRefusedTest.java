package federa.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.delta.DeltaLog;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Warehouses that cannot be used, or are damaged. */
class WarehouseRefusedTest {

    private static final String MARK = "warehouse/federa-warehouse.json";

    @TempDir
    Path directory;

    private SmallWorld world;

    @BeforeEach
    void write() {
        world = SmallWorld.in(directory);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "4000000000", "99999999999999999999"})
    void aWarehouseOfANewerVersion(String format) throws IOException {
        world.write(MARK, "{\"format\": " + format + "}");
        for (String job : List.of("run", "prepare", "partition", "train")) {
            refusedWith(job, world.warehouse().toString(), "use the version that wrote it");
        }
        for (String job : List.of("evaluate", "report")) {
            world.refused(job, "--run-id", "small").refusedWith("use the version that wrote it");
        }
        Files.delete(world.file(MARK));
        world.experiment("prepare").done();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "not json"})
    void aMarkThatSaysNothing(String mark) {
        world.write(MARK, mark);
        refusedWith("run", world.file(MARK).toString(), "restore it");
        assertThat(world.read(MARK)).isEqualTo(mark);
    }

    @Test
    void aWarehouseThatIsAFile() throws IOException {
        world.write("warehouse", "a file");
        for (String job : List.of("run", "prepare", "partition", "train")) {
            refusedWith(job, "--warehouse", world.warehouse().toString(), "is a file; name a directory");
        }
        assertThat(world.read("warehouse")).isEqualTo("a file");
        String below = world.file("warehouse/below").toString();
        Outcome.of("prepare", "--conf", world.conf().toString(), "--warehouse", below)
                .refusedWith(below, "is a file; name a directory");
        Files.delete(world.warehouse());
        world.experiment("prepare").done();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gopher://host/w", "a:b"})
    void anAddressThatIsNone(String address) {
        Outcome.of("prepare", "--conf", world.conf().toString(), "--warehouse", address)
                .refusedWith("--warehouse", "'" + address + "'");
    }

    @Test
    void aDataSetWithADamagedLog() throws IOException {
        world.experiment("prepare").done();
        Path log = world.warehouse().resolve("datasets/topics/_delta_log/00000000000000000000.json");
        byte[] whole = Files.readAllBytes(log);
        damage(log);
        String table = world.warehouse().resolve("datasets/topics").toString();
        refusedWith("partition", table, "restore");
        refusedWith("prepare", table, "restore");
        mend(log, whole);
        world.experiment("partition").done();
    }

    @Test
    void aDataSetWithADamagedFile() throws IOException {
        world.experiment("prepare").done();
        Path file = parquetUnder("datasets/topics/split=train");
        byte[] whole = Files.readAllBytes(file);
        damage(file);
        refusedWith("partition", file.getFileName().toString(), "restore it");
        Files.delete(file);
        refusedWith("partition", file.getFileName().toString(), "restore it");
        mend(file, whole);
        world.experiment("partition").done();
    }

    @Test
    void aTableOfRunsThatIsDamaged() throws IOException {
        world.experiment("run").done();
        Path log = world.warehouse().resolve("tables/rounds/_delta_log/00000000000000000000.json");
        byte[] whole = Files.readAllBytes(log);
        damage(log);
        for (String job : List.of("run", "train")) {
            refusedWith(job, "tables/rounds", "restore");
        }
        for (String job : List.of("evaluate", "report")) {
            world.refused(job, "--run-id", "small").refusedWith("tables/rounds", "restore");
        }
        mend(log, whole);
        world.job("evaluate", "--run-id", "small").done();
        Path file = parquetUnder("tables/adapters");
        damage(file);
        world.refused("evaluate", "--run-id", "small")
                .refusedWith(file.getFileName().toString(), "restore it");
    }

    private void refusedWith(String job, String... parts) {
        world.refusedExperiment(job).refusedWith(parts);
    }

    private Path parquetUnder(String name) throws IOException {
        try (Stream<Path> files = Files.walk(world.warehouse().resolve(name))) {
            return files.filter(file -> file.toString().endsWith(".parquet"))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void damage(Path file) throws IOException {
        Files.deleteIfExists(checksum(file));
        Files.writeString(file, "damaged");
        DeltaLog.clearCache();
    }

    private static void mend(Path file, byte[] whole) throws IOException {
        Files.write(file, whole);
        DeltaLog.clearCache();
    }

    private static Path checksum(Path file) {
        return file.resolveSibling("." + file.getFileName() + ".crc");
    }
}
