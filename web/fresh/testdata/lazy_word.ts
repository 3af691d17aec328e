export const word = "loaded only when it was needed";
