"""German headers. Not here, because logs mean other things by them: Lauf (of a batch), Bezeichnung, Menge."""

from schemas.run_log.headers.table import table

GERMAN = table(
    supplier_reference_id="""
        Charge-Nr. | Chargennummer | Charge | Chargen-Nr. | Chargen-ID | Charge-ID | Chargenummer
        Batch-Nr. | Batchnummer | Batch | Batch-ID
        Los-Nr. | Losnummer | Los | Partie-Nr. | Partienummer | Partie | Produktionscharge
        Lauf-Nr. | Laufnummer | Lauf-ID | Referenz-Nr. | Referenznummer | Referenz | Referenz-ID
    """,
    facility="""
        Anlage | Anlagenname | Anlagen-ID | Anlagen-Nr. | Pyrolyseanlage | Pyrolysewerk | Reaktor
        Reaktor-Nr. | Pyrolysereaktor | Ofen | Ofen-Nr. | Pyrolyseofen | Retorte | Werk | Standort
        Produktionsstandort | Produktionsstätte | Produktionsanlage
    """,
    feedstock="""
        Einsatzstoff | Einsatzstoffe | Biomasse | Ausgangsmaterial | Ausgangsstoff | Ausgangsstoffe
        Eingangsmaterial | Eingangsstoff | Einsatzmaterial | Inputmaterial | Rohstoff | Rohstoffe
        Rohmaterial | Biomasseart | Art der Biomasse | Feedstock
    """,
    started_at="""
        Beginn | Start | Startzeitpunkt | Anfang | Gestartet | Beginn am | Produktionsbeginn
        Produktionsstart | Beginn der Produktion | Start der Produktion | Beginn Produktion
        Start Produktion | Pyrolysebeginn | Pyrolysestart | Beginn Pyrolyse | Start Pyrolyse
        Beginn der Pyrolyse | Beginn Datum/Uhrzeit | Start Datum/Uhrzeit | Start Datum und Uhrzeit
        Beginn Datum und Uhrzeit | Chargenbeginn | Chargenstart
        Datum/Uhrzeit Start | Datum/Uhrzeit Beginn | Startdatum/-zeit | Startdatum und -zeit
    """,
    started_date="Startdatum | Datum Start | Beginn Datum | Datum Beginn | Anfangsdatum",
    started_time="""
        Startzeit | Start Uhrzeit | Uhrzeit Start | Beginn Uhrzeit | Uhrzeit Beginn | Beginn Zeit
        Zeit Start | Zeit Beginn | Anfangszeit
    """,
    ended_at="""
        Ende | Endzeitpunkt | Beendet | Ende am | Produktionsende | Ende der Produktion | Ende Produktion
        Pyrolyseende | Ende Pyrolyse | Ende der Pyrolyse | Ende Datum/Uhrzeit | Ende Datum und Uhrzeit
        Stopp | Stop | Chargenende
        Datum/Uhrzeit Ende | Enddatum/-zeit | Enddatum und -zeit
    """,
    ended_date="Enddatum | Datum Ende | Ende Datum | Stoppdatum",
    ended_time="Endzeit | Ende Uhrzeit | Uhrzeit Ende | Ende Zeit | Zeit Ende | Stoppzeit",
    mass="""
        Pflanzenkohle | Pflanzenkohlemasse | Masse Pflanzenkohle | Masse der Pflanzenkohle
        Pflanzenkohle Gewicht | Gewicht Pflanzenkohle | Gewicht der Pflanzenkohle | Pflanzenkohle Menge
        Menge Pflanzenkohle | Pflanzenkohle produziert | Produzierte Pflanzenkohle
        Erzeugte Pflanzenkohle | Trockenmasse Pflanzenkohle | Pflanzenkohle Trockenmasse
        Frischmasse Pflanzenkohle | Pflanzenkohle Frischmasse | Biokohle | Biokohlemasse
        Masse Biokohle | Biochar | Biochar Masse | Masse Biochar | Biochar Gewicht | Biochar Menge
        Masse | Gewicht | Nettogewicht | Nettomasse
    """,
    mass_unit="Einheit | Masseneinheit | Masseeinheit | Gewichtseinheit | Mengeneinheit | Einheit der Masse",
    mass_standard_deviation="""
        Standardabweichung | Std.-Abw. | Stabw. | Standardabw. | Standardabweichung Masse
        Standardabweichung der Masse | Std.-Abw. Masse | Std.-Abweichung
    """,
    display_name="Anzeigename | Chargenname | Chargenbezeichnung | Batchname | Name der Charge",
)
