package federa.golden;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import federa.engine.Torch;
import federa.tensor.Tensor;
import federa.train.AdamW;
import federa.train.Optimizer;
import federa.train.Sgd;
import java.util.Arrays;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The optimizers against PyTorch's own, on given gradients; settings are those the manifest states. */
class OptimizerGoldenTest {

    private static final Golden GOLDEN = Golden.open();

    @Test
    void adamWEqualsPyTorch() {
        for (String name : new String[] {"adamw_default", "adamw_strong"}) {
            assertFollows(
                    name,
                    manager -> new AdamW(
                            manager,
                            setting(name, "betas \\(([-0-9.e]+)"),
                            setting(name, "betas \\([-0-9.e]+, ([-0-9.e]+)"),
                            setting(name, "eps ([-0-9.e]+)"),
                            setting(name, "weight_decay ([-0-9.e]+)")));
        }
    }

    @Test
    void sgdEqualsPyTorch() {
        for (String name : new String[] {"sgd", "sgd_momentum"}) {
            assertFollows(
                    name,
                    manager -> new Sgd(
                            manager, setting(name, "momentum ([-0-9.e]+)"), setting(name, "weight_decay ([-0-9.e]+)")));
        }
    }

    @Test
    void restoredOptimizerGoesOnAsIfNothingHadHappened() {
        assertFollows(
                "adamw_strong",
                manager -> new Restarting(() -> new AdamW(
                        manager,
                        setting("adamw_strong", "betas \\(([-0-9.e]+)"),
                        setting("adamw_strong", "betas \\([-0-9.e]+, ([-0-9.e]+)"),
                        setting("adamw_strong", "eps ([-0-9.e]+)"),
                        setting("adamw_strong", "weight_decay ([-0-9.e]+)"))));
    }

    private static void assertFollows(String name, Function<NDManager, Optimizer> make) {
        GOLDEN.directory("optimizer");
        try (NDManager manager = Torch.newManager(Device.cpu())) {
            Optimizer optimizer = make.apply(manager);
            TreeMap<String, NDArray> parameter = new TreeMap<>();
            parameter.put("w", Torch.toArray(manager, GOLDEN.tensor("optimizer/start")));
            Tensor gradients = GOLDEN.tensor("optimizer/grads");
            int steps = (int) gradients.shape()[0];
            int size = gradients.values().length / steps;
            float[] got = new float[gradients.values().length];
            for (int step = 0; step < steps; step++) {
                float[] values = Arrays.copyOfRange(gradients.values(), step * size, (step + 1) * size);
                TreeMap<String, NDArray> gradient = new TreeMap<>();
                gradient.put("w", manager.create(values, parameter.get("w").getShape()));
                optimizer.step(parameter, gradient, setting(name, "lr ([-0-9.e]+)"));
                System.arraycopy(parameter.get("w").toFloatArray(), 0, got, step * size, size);
            }
            GOLDEN.assertClose("optimizer/" + name, got);
        }
    }

    /** A number in the manifest's description of an array, 0 if it is not mentioned. */
    private static double setting(String name, String pattern) {
        Matcher matcher = Pattern.compile(pattern)
                .matcher(GOLDEN.entry("optimizer/" + name).get("meaning").getAsString());
        return matcher.find() ? Double.parseDouble(matcher.group(1)) : 0;
    }
}
