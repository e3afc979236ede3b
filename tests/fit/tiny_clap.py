"""A CLAP of random weights, some 60,000 of them, with all files that the folder of a real one has."""

import importlib.util
from pathlib import Path

import pytest

from workflow_scripts.sound import torchaudio

HAS_CLAP = importlib.util.find_spec("transformers") is not None
needs_clap = pytest.mark.skipif(not HAS_CLAP, reason="`make clap` installs transformers")
WORDS = ["dog", "barks", "rain", "falls", "a", "bell", "rings", "bird", "sings"]


def write_tiny_clap(folder: Path, seed: int = 0, fused: bool = False) -> Path:
    """Make the model and what prepares its inputs, offline, and save them as transformers does."""
    torchaudio.module("functional")  # transformers imports it wherever it finds it
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import ClapConfig, ClapFeatureExtractor, ClapModel, ClapProcessor, PreTrainedTokenizerFast

    special = {"bos_token": "<s>", "pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}
    vocabulary = {word: number for number, word in enumerate([*special.values(), *WORDS])}
    tokens = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokens.pre_tokenizer = pre_tokenizers.Whitespace()
    tokens.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=tokens, model_max_length=16, **special)
    torch.manual_seed(seed)
    text = {"vocab_size": len(vocabulary), "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    text |= {"intermediate_size": 16, "max_position_embeddings": 20}
    audio = {"depths": [1, 1, 1, 1], "num_attention_heads": [1, 2, 4, 8], "patch_embeds_hidden_size": 16}
    audio |= {"hidden_size": 128, "enable_fusion": fused}
    config = ClapConfig(text_config=text, audio_config=audio, projection_dim=16, initializer_factor=8.0)
    extractor = ClapFeatureExtractor(truncation="fusion" if fused else "rand_trunc")
    ClapModel(config).save_pretrained(folder)
    ClapProcessor(extractor, tokenizer).save_pretrained(folder)
    return folder
