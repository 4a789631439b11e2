package dev.dropwise.worker.experiment;

import dev.dropwise.common.codec.Codec;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.worker.progress.RunEvent;
import java.util.List;

/** Results of measurements, and failures to measure, as bytes. */
public final class MeasurementCodec {
    private final Codec codec = new Codec(List.of(
            DropoutStatistics.Result.class,
            GradientCheck.Result.class,
            MaskPicture.Result.class,
            RunEvent.Failed.class,
            DropwiseException.Category.class,
            ExitCode.class));

    /** Encodes a result or a {@link RunEvent.Failed}. */
    public byte[] encode(Object outcome) {
        return codec.encode(outcome);
    }

    /** Decodes what {@link #encode} wrote. */
    public Object decode(byte[] bytes) {
        return codec.decode(bytes, Object.class);
    }
}
