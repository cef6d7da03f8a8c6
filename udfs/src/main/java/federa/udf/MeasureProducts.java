package federa.udf;

import federa.engine.ProductSpeed;
import federa.engine.Torch;
import org.apache.spark.api.java.function.Function;

/** How fast the executor of a task multiplies matrices, see {@link ProductSpeed}. */
public final class MeasureProducts implements Function<Integer, ProductSpeed> {

    private static final long serialVersionUID = 1L;

    private final Placement placement;

    public MeasureProducts(Placement placement) {
        this.placement = placement;
    }

    @Override
    public ProductSpeed call(Integer task) {
        Placement.Seat seat = placement.take();
        Torch.threads(placement.threads());
        return ProductSpeed.measure(seat.device());
    }
}
