package federa.udf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import federa.engine.DeviceChoice;
import org.apache.spark.SparkConf;
import org.apache.spark.resource.ResourceProfile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlacementTest {

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "3, 2", "4, 3", "16, 9"})
    void aTrainerTakesMoreThanHalfOfItsExecutorsCores(int cores, int cpus) {
        SparkConf spark = cluster().set("spark.executor.cores", Integer.toString(cores));

        ResourceProfile profile =
                Placement.of(spark, 1, DeviceChoice.AUTO).profile().orElseThrow();

        assertThat(profile.taskResourcesJMap().get("cpus").amount()).isEqualTo(cpus);
        assertThat(profile.taskResourcesJMap()).doesNotContainKey("gpu");
        assertThat(profile.executorResourcesJMap()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1, 1, false", "2, 1, false", "3, 1, true", "4, 2, false", "6, 2, true", "16, 8, false"})
    void whatAnExecutorSparesIsEnoughForATaskOfTheSession(int cores, int threads, boolean spares) {
        SparkConf spark = cluster().set("spark.executor.cores", Integer.toString(cores));

        assertThat(Placement.of(spark, threads, DeviceChoice.AUTO).sparesCores())
                .isEqualTo(spares);
    }

    @Test
    void aTrainerTakesAGpuWhereExecutorsHaveSome() {
        SparkConf spark = cluster().set("spark.executor.cores", "4").set("spark.executor.resource.gpu.amount", "2");

        ResourceProfile profile =
                Placement.of(spark, 1, DeviceChoice.GPU).profile().orElseThrow();

        assertThat(profile.taskResourcesJMap().get("gpu").amount()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"local", "local[2]", "'local[*, 4]'"})
    void localModeNeedsNoProfile(String master) {
        Placement local = Placement.of(new SparkConf(false).set("spark.master", master), 2, DeviceChoice.CPU);

        assertThat(local.profile()).isEmpty();
        assertThat(local.sparesCores()).isFalse();
    }

    @Test
    void whatTheExecutorsCannotDoIsRefused() {
        assertThatThrownBy(() -> Placement.of(cluster().set("spark.speculation", "true"), 1, DeviceChoice.CPU))
                .hasMessage("spark.speculation is on, which trains slow clients twice; set it to false");
        assertThatThrownBy(() -> Placement.of(cluster(), 2, DeviceChoice.CPU))
                .hasMessage(
                        "compute.threads is 2, but spark.executor.cores is not set; set --executor-cores to 2 or more");
        assertThatThrownBy(() -> Placement.of(cluster().set("spark.executor.cores", "2"), 4, DeviceChoice.CPU))
                .hasMessage("compute.threads is 4, but spark.executor.cores is 2; set --executor-cores to 4 or more");
        assertThatThrownBy(() -> Placement.of(cluster().set("spark.executor.cores", "2"), 1, DeviceChoice.GPU))
                .hasMessage(
                        "compute.device is gpu, but executors have none; set spark.executor.resource.gpu.amount and a discovery script");
    }

    private static SparkConf cluster() {
        return new SparkConf(false).set("spark.master", "spark://host:7077");
    }
}
