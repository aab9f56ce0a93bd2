// The page of thanks.
import { sayKept } from "./survey-words.js";

sayKept();
