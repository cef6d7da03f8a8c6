package federa.golden;

import ai.djl.ndarray.NDArray;
import federa.encoder.Dropout;
import federa.encoder.DropoutSeeds;
import federa.encoder.Joint;
import federa.encoder.LayerPass;
import federa.encoder.Linear;
import federa.encoder.PlainPass;
import federa.encoder.Wiring;
import federa.engine.Precision;
import federa.peft.FrozenBase;

/** Nothing trains, nothing is adapted: the encoder as it was stored. */
record FrozenWiring(FrozenBase base) implements Wiring {

    @Override
    public NDArray array(String name, long... shape) {
        return base.tensor(name);
    }

    @Override
    public Linear linear(String name, int in, int out) {
        return new Linear(this, name, in, out);
    }

    @Override
    public Joint joint(String name, int hidden) {
        return new Joint();
    }

    @Override
    public Precision precision() {
        return base.precision();
    }

    @Override
    public Dropout dropout(double rate) {
        return new Dropout(rate, new DropoutSeeds(0));
    }

    @Override
    public LayerPass pass() {
        return new PlainPass();
    }
}
