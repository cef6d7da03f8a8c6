package federa.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.spark.resource.ResourceInformation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of {@code conf/spark} for clusters. */
class ClusterFilesTest {

    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final Path CONF = HOME.resolve("conf/spark");

    @TempDir
    Path directory;

    @Test
    void nvidiaSmisGpusAreAddresses() throws Exception {
        nvidiaSmi("echo 0; echo 1; echo 12");

        ResourceInformation gpus =
                ResourceInformation.parseJson(discover("gpus-nvidia.sh").said());

        assertThat(gpus.name()).isEqualTo("gpu");
        assertThat(gpus.addresses()).containsExactly("0", "1", "12");
    }

    @ParameterizedTest
    @ValueSource(strings = {"echo No devices were found", "echo failed; exit 9", "exit 0"})
    void aMachineWithoutGpusIsAnErrorAndNotAnEmptyList(String script) throws Exception {
        nvidiaSmi(script);

        Said said = discover("gpus-nvidia.sh");

        assertThat(said.code()).isEqualTo(1);
        assertThat(said.said()).startsWith("gpus-nvidia.sh: nvidia-smi").doesNotContain("addresses");
    }

    @Test
    void aMachineWithoutNvidiaSmiIsToldWhatIsMissing() throws Exception {
        assertThat(discover("gpus-nvidia.sh"))
                .isEqualTo(new Said(1, "gpus-nvidia.sh: no nvidia-smi on the PATH; install NVIDIA's driver\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev/nvhost-gpu", "dev/nvgpu/igpu0"})
    void aJetsonHasOneGpu(String device) throws Exception {
        write("proc/device-tree/model", "NVIDIA Jetson Orin Nano Developer Kit\0");
        write(device, "");

        ResourceInformation gpus = ResourceInformation.parseJson(
                discover("gpus-jetson.sh", directory.toString()).said());

        assertThat(gpus.addresses()).containsExactly("0");
    }

    @Test
    void whatIsNoJetsonOrHidesItsGpuIsAnError() throws Exception {
        assertThat(discover("gpus-jetson.sh", directory.toString()))
                .isEqualTo(new Said(1, "gpus-jetson.sh: this is no Jetson: no device tree\n"));

        write("proc/device-tree/model", "Raspberry Pi 5\0");
        assertThat(discover("gpus-jetson.sh", directory.toString()))
                .isEqualTo(new Said(1, "gpus-jetson.sh: this is no Jetson: Raspberry Pi 5\n"));

        write("proc/device-tree/model", "NVIDIA Jetson AGX Orin\0");
        assertThat(discover("gpus-jetson.sh", directory.toString()).said())
                .startsWith("gpus-jetson.sh: NVIDIA Jetson AGX Orin, but neither /dev/nvhost-gpu nor ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"standalone.conf", "yarn.conf", "kubernetes.conf"})
    void everyClusterGetsTheJavaOptionsOfTheLauncher(String file) throws IOException {
        Properties properties = properties(file);
        String launcher = Files.readString(HOME.resolve("federa"));

        String options = properties.getProperty("spark.executor.extraJavaOptions");
        assertThat(launcher).contains("spark.executor.extraJavaOptions=" + options + "\"");
        assertThat(properties.getProperty("spark.driver.extraJavaOptions")).isEqualTo(options);
        assertThat(properties.getProperty("spark.executorEnv.OMP_WAIT_POLICY")).isEqualTo("passive");
    }

    @Test
    void thePodMountsWhatTheKubernetesSettingsName() throws IOException {
        Properties properties = properties("kubernetes.conf");
        Path template = HOME.resolve(properties.getProperty("spark.kubernetes.executor.podTemplateFile"));
        JsonNode spec = new YAMLMapper().readTree(Files.readString(template)).get("spec");
        JsonNode mount = spec.at("/containers/0/volumeMounts/0");

        assertThat(mount.get("name")).isEqualTo(spec.at("/volumes/0/name"));
        assertThat(properties.getProperty("spark.executorEnv.DJL_CACHE_DIR"))
                .startsWith(mount.get("mountPath").textValue() + "/");
    }

    private static Properties properties(String file) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(Files.readString(CONF.resolve(file))));
        return properties;
    }

    private record Said(int code, String said) {}

    /** Runs a script with nothing on the PATH but a shell's usual programs and what the test wrote. */
    private Said discover(String script, String... args) throws Exception {
        List<String> command = new ArrayList<>(List.of(CONF.resolve(script).toString()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("PATH", directory + ":/usr/bin:/bin");
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Said(process.waitFor(), said);
    }

    private void nvidiaSmi(String script) throws IOException {
        write("nvidia-smi", "#!/bin/sh\n" + script + "\n").toFile().setExecutable(true);
    }

    private Path write(String name, String text) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }
}
