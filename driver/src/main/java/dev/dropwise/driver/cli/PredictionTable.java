package dev.dropwise.driver.cli;

import dev.dropwise.common.evaluation.EvaluationPass;
import dev.dropwise.worker.scoring.Predictions;
import java.util.List;

/** Predictions as CSV (RFC 4180): {@code index,label,p0,...,pN}, a line an image, in the input's order. */
final class PredictionTable {
    private PredictionTable() {}

    static String csv(List<Predictions> predictions) {
        StringBuilder csv = new StringBuilder("index,label");
        int classes = predictions.get(0).classes();
        for (int c = 0; c < classes; c++) {
            csv.append(",p").append(c);
        }
        csv.append('\n');
        predictions.forEach(some -> append(csv, some));
        return csv.toString();
    }

    private static void append(StringBuilder csv, Predictions some) {
        for (int i = 0; i < some.count(); i++) {
            int row = i * some.classes();
            csv.append(some.first() + i)
                    .append(',')
                    .append(EvaluationPass.mostProbable(some.probabilities(), row, some.classes()));
            for (int c = 0; c < some.classes(); c++) {
                csv.append(',').append(some.probabilities()[row + c]);
            }
            csv.append('\n');
        }
    }
}
